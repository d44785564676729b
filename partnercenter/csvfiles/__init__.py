"""Read the CSV files people upload, write the ones they download.

Data flows one way: `contents` turns away what is no CSV file, `encodings` finds how its text is written,
`reading` makes rows of it, `writing` makes bytes of rows.
"""

from partnercenter.csvfiles.reading import SURROUNDING, CsvFile, CsvRow, read_csv
from partnercenter.csvfiles.writing import csv_lines, csv_row, guard, safe_filename

__all__ = ["SURROUNDING", "CsvFile", "CsvRow", "csv_lines", "csv_row", "guard", "read_csv", "safe_filename"]
