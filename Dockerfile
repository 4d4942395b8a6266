# 城问的镜像：docker compose up，或 docker build -t chengwen . / The image: see docs/deploy.md
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
# The packages first: they change less often than the program.
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY bot ./bot
COPY corpus ./corpus
COPY index ./index
RUN python -m venv /opt/chengwen \
    && /opt/chengwen/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt . \
    && CHENGWEN_CACHE=/opt/models CHENGWEN_HOME=/tmp/home /opt/chengwen/bin/chengwen index build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin chengwen \
    && install -d -o chengwen -g chengwen -m 0700 /data
COPY --from=build /opt/chengwen /opt/chengwen
COPY --from=build /opt/models /opt/models
ENV PATH=/opt/chengwen/bin:$PATH \
    HOST=0.0.0.0 PORT=7860 \
    CHENGWEN_HOME=/data CHENGWEN_CACHE=/opt/models \
    HF_HUB_OFFLINE=1 PYTHONDONTWRITEBYTECODE=1
USER chengwen
VOLUME /data
EXPOSE 7860
# /readyz answers once models and index are loaded; the first start builds the index.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["chengwen", "serve"]
