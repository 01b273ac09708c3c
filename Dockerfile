# Not built where it was written: there is no Docker there. Its two commands of installation were run, as root.
#
#   docker build -t unlearning-explorer .
#   docker run --init --rm -p 127.0.0.1:8501:8501 unlearning-explorer
FROM python:3.11-slim

WORKDIR /opt/unlearning-explorer
COPY . .
RUN sh .ci/venv.sh app && .venv/bin/python -m pip install --no-deps --no-cache-dir .
RUN useradd --create-home --uid 10001 explorer

USER explorer
WORKDIR /home/explorer
EXPOSE 8501
CMD ["/opt/unlearning-explorer/.venv/bin/unlearning-explorer", "app", "--host", "0.0.0.0"]
