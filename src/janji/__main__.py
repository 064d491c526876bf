"""`python -m janji` is the program `janji`."""

from janji.cli.main import main

if __name__ == "__main__":
    main()
