"""Who imports the application and who serves with it. Read in this order: preloader, birth, worker."""
