"""Home's side of lanes on other hosts, over Dask. Imported only where hosts were asked for."""
