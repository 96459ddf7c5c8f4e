# The command for CI jobs: check, review and status. To build it: docker build -t scheduled-tasks .
# To use it: docker run --rm -v "$PWD:/project" scheduled-tasks check --all
FROM python:3.13.7-slim-bookworm@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d AS build

WORKDIR /source
COPY requirements-command.txt ./
RUN python -m venv /opt/scheduled-tasks \
    && /opt/scheduled-tasks/bin/pip install --no-cache-dir --require-hashes -r requirements-command.txt
COPY . .
# The build backend is the only package without a hash: pip builds in an environment of its own.
RUN /opt/scheduled-tasks/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13.7-slim-bookworm@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d

# `review` reads commits with git. A mounted project belongs to another user, which git refuses without safe.directory.
# Debian removes old versions, so a pinned version of git would break later builds.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /project
COPY --from=build /opt/scheduled-tasks /opt/scheduled-tasks
ENV PATH="/opt/scheduled-tasks/bin:$PATH" PYTHONDONTWRITEBYTECODE=1

USER 65532:65532
WORKDIR /project
ENTRYPOINT ["scheduled-tasks"]
CMD ["--help"]
