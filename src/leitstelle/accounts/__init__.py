"""People, contact points, organisations, sites, teams, levels, roles and sign-in."""
