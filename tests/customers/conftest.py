import pytest

from tests.uploads import FAULTY, GOOD, content_of, uploaded


@pytest.fixture
def mixed(browse, ana, tailspin):
    """A checked file with a good row and a faulty one."""
    return uploaded(browse(ana), tailspin, content_of(GOOD, FAULTY))
