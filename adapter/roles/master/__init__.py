"""The process the supervisor knows: gathers facts, asks `lifecycle`, has its orders carried out. Read in this order: master, orders, crew."""
