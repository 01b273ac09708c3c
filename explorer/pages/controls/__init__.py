"""The sidebar: widgets that change the View."""
