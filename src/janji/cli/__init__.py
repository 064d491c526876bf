"""The command line: arguments, exit codes and output formats; nothing else."""
