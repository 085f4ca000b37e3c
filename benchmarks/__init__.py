"""Speed, memory and their growth, measured side by side with peers: ``python -m benchmarks`` writes RESULTS.md."""
