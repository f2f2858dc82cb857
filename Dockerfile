# One image for every part; docker-compose.yml says which part a container runs.
ARG NODE_VERSION=20

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Not `npm ci`: the lock need not name the optional binaries of every platform.
RUN npm install --include=dev --no-audit --no-fund
COPY . .
RUN node node_modules/typescript/bin/tsc -p tsconfig.json && npm prune --omit=dev --no-audit --no-fund

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production BECOMINGONE_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY scripts/healthcheck.mjs ./scripts/
# What the sync worker keeps; a volume that is mounted here belongs to the same user.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 1883 8080
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["--help"]
