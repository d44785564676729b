"""Read the CSV files people upload, write the ones they download.

Data flows one way: `contents` turns away what is no CSV file, `encodings` finds how its text is written,
`reading` makes rows of it, `writing` makes bytes of rows.
"""

from partnercenter.csvfiles.encodings import Guess, guess_encoding
from partnercenter.csvfiles.reading import SURROUNDING, CsvFile, CsvRow, open_csv, read_csv
from partnercenter.csvfiles.writing import csv_lines, csv_row, guard, safe_filename, unguard

__all__ = [
    "SURROUNDING",
    "CsvFile",
    "CsvRow",
    "Guess",
    "csv_lines",
    "csv_row",
    "guard",
    "guess_encoding",
    "open_csv",
    "read_csv",
    "safe_filename",
    "unguard",
]
