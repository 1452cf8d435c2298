"""What is counted, how it lies in shared memory, and how it is told: to uwsgitop, to a metrics scraper, to people. Pure."""
