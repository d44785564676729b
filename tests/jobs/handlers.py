"""Work for the jobs of tests: items are counted in chunks of ten, and a test can put a trap in each chunk."""

from partnercenter.jobs.services import Handler, Progress

CHUNK = 10
traps = []  # called with the job at the beginning of each chunk
begun = []  # for each chunk, how many items were through when it began
ended = []  # the state of each job whose end was told
end_traps = []  # called with the job when its end is told


def reset():
    for notes in (traps, begun, ended, end_traps):
        notes.clear()


def work(job):
    begun.append(job.processed)
    for trap in traps:
        trap(job)
    left = job.total - job.processed
    done = min(left, CHUNK)
    return Progress(succeeded=done, more=left > done)


def finish(job):
    for trap in end_traps:
        trap(job)
    ended.append(job.status)


counting = Handler(work=work, finish=finish)
