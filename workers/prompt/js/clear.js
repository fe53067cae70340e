for (const shown of document.getAnimations()) {
  if (shown.id === "forge-outline") shown.cancel();
}
