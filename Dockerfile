# Builds a static binary and ships it alone: no shell, no libraries, no other user.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock rustfmt.toml clippy.toml ./
COPY src src
COPY config config
COPY docs docs
# glibc is linked in, so that the final image needs no files of it.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN cargo build --locked --release --bin ideogate --target x86_64-unknown-linux-gnu \
    && cp target/x86_64-unknown-linux-gnu/release/ideogate /ideogate \
    && mkdir -m 0700 /empty

FROM scratch
COPY --from=build /ideogate /usr/local/bin/ideogate
# The one place that is written to; everything else may be read-only.
COPY --from=build --chown=65532:65532 /empty /data
ENV PATH=/usr/local/bin \
    IDEOGATE__DATA__DIR=/data \
    IDEOGATE__LISTEN__PROXY=0.0.0.0:8080 \
    IDEOGATE__LISTEN__ADMIN=0.0.0.0:8081 \
    IDEOGATE__LISTEN__ALLOW_PLAINTEXT=true \
    IDEOGATE__AUDIT__STDOUT=true \
    IDEOGATE__LOG__FORMAT=json
USER 65532:65532
VOLUME /data
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/ideogate", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/ideogate"]
CMD ["serve"]
