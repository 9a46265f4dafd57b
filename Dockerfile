# Slipway's server, without a builder: that one needs Docker Engine beside it.
#
#   docker build -t slipway .
#   docker run -p 5000:5000 -v slipway:/data \
#     -e SLIPWAY_ADMIN_USERNAME=ada -e SLIPWAY_ADMIN_PASSWORD='a long password' slipway
#
# In a network whose proxy re-signs TLS, take a base whose CA bundle knows the proxy's authority.
ARG BASE=debian:bookworm

# Only files leave this stage, so nothing of Debian's needs to be synced to the disk: npm alone is
# some hundred packages.
FROM ${BASE} AS packages
RUN apt-get update \
 && apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io \
    ca-certificates nodejs npm
# Node reads no system bundle by itself; Debian's npm needs the path when another Node runs it.
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs
WORKDIR /slipway
COPY tools/node/package.json tools/node/package-lock.json tools/node/
RUN npm ci --prefix tools/node --no-audit --no-fund \
 && cp tools/node/node_modules/node-linux-*/bin/node /usr/local/bin/node
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --home-dir /data --create-home slipway
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
WORKDIR /slipway
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=packages /slipway/node_modules node_modules/
COPY package.json LICENSE ./
COPY src src/
USER slipway
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:5000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1))"]
ENTRYPOINT ["tini", "--", "node", "src/cli/main.ts"]
CMD ["serve", "--data", "/data", "--listen", "0.0.0.0:5000", "--no-builder"]
