"""The user file of "Upload users": read, checked, and given back with its results (the product rules, section 10).

Data flows one way: `reading` makes user rows of an uploaded file, with the help of `columns`; `rules` finds the
problems of the rows, with the help of `addresses` and `statuses`; `results` writes the template and the answers.
"""

from customers.userfiles.columns import Column, column_title
from customers.userfiles.limits import MAX_BYTES, MAX_EMAIL, MAX_NAME, MAX_ROWS
from customers.userfiles.problems import Problem, ProblemCode, problem_sentence
from customers.userfiles.reading import TELLING, UserFile, UserRow, clean, read_user_file, telling_rows
from customers.userfiles.results import result_csv, template_csv
from customers.userfiles.rules import check_rows

__all__ = [
    "MAX_BYTES",
    "MAX_EMAIL",
    "MAX_NAME",
    "MAX_ROWS",
    "TELLING",
    "Column",
    "Problem",
    "ProblemCode",
    "UserFile",
    "UserRow",
    "check_rows",
    "clean",
    "column_title",
    "problem_sentence",
    "read_user_file",
    "result_csv",
    "telling_rows",
    "template_csv",
]
