# A static binary in an empty image.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/ ./cmd/postbag && mkdir -m 0750 -p /out/root/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/postbag /postbag
COPY --from=build --chown=65532:65532 /out/root/ /
USER 65532:65532
# An import sorts in a temporary file, which wants a disk, not memory.
ENV POSTBAG_ADDR=0.0.0.0:8080 POSTBAG_DB=/data/postbag.db TMPDIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/postbag", "health"]
ENTRYPOINT ["/postbag"]
CMD ["serve"]
