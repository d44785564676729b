"""Partners of any size, made quickly, to measure with: plausible accounts, written through COPY."""
