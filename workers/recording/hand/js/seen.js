const seen = it => it.isConnected && it.checkVisibility(
  {checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true});
