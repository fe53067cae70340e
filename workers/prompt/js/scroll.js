arguments[0].scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
