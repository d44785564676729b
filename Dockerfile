# One image for web, worker, scheduler and management commands; docker-compose.yml shows them together.

FROM python:3.12-slim AS build
WORKDIR /portal
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt
ENV PATH=/venv/bin:$PATH VAR=/portal/var
COPY manage.py ./
COPY partnercenter partnercenter
COPY customers customers
COPY subscriptions subscriptions
COPY relationships relationships
COPY templates templates
COPY static static
COPY locale locale
RUN pybabel --quiet compile --directory locale --domain django \
    && SECRET_KEY=none-while-building python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q .

FROM python:3.12-slim
RUN useradd --system --no-create-home --home-dir /portal portal
WORKDIR /portal
COPY --from=build /venv /venv
COPY --from=build /portal /portal
# The one place where the portal writes: mails without a mail server, and when the clock last ticked.
RUN install -d -o portal -g portal /portal/var
ENV PATH=/venv/bin:$PATH VAR=/portal/var PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=partnercenter.settings
USER portal
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--workers", "2", "--blocking-threads", "64", "--respawn-failed-workers", "partnercenter.wsgi:application"]
