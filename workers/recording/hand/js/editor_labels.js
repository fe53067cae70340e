return [...holderOf(arguments[0]).options].map(option => option.label.trim());
