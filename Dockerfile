# clm-audit with every format it writes. Mount the exports and run as anybody:
#   docker build -t clm-audit .
#   docker run --rm --network none -v "$PWD:/audit" clm-audit compare exports/ --go-live 2024-07-01 --html report.html
# Another base, Debian with Python 3.11+: --build-arg BASE=...
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
COPY . /src
RUN python -m venv /opt/clm-audit \
 && /opt/clm-audit/bin/pip install --no-cache-dir "/src[pdf,xlsx,pptx,duckdb]" \
 && /opt/clm-audit/bin/pip uninstall --yes setuptools pip

FROM ${BASE}
# What the PDF needs: text shaping, and one family of fonts.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
# The list of fonts, which no other user could write later. A layer of its own: the list holds the times of folders,
# and those of the layer before lose their fractions of a second only when it is done.
RUN fc-cache -f
COPY --from=build /opt/clm-audit /opt/clm-audit
RUN useradd --create-home --uid 10001 auditor
USER auditor
WORKDIR /audit
ENV PATH=/opt/clm-audit/bin:$PATH PYTHONUTF8=1
ENTRYPOINT ["clm-audit"]
CMD ["--help"]
