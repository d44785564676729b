"""The benchmark of `make bench`: this project, what is off the shelf, and what PostgreSQL alone needs, in one run."""
