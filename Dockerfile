# Builds a static binary and ships it alone: no shell, no libraries, no other user.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# glibc is linked in, so that the final image needs no files of it. Naming the target keeps the flag
# away from build scripts, which must stay dynamic. A static binary cannot look up what libc offers
# while it runs, so random bytes are told to come from the system call and not from a file.
ENV RUSTFLAGS="-C target-feature=+crt-static --cfg getrandom_backend=\"linux_getrandom\""
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
    && cargo build --locked --profile dist --bin ideogate --target "$target" \
    && mv "target/$target/dist/ideogate" /ideogate \
    && mkdir -p /tree && mkdir -m 0700 /tree/data

FROM scratch
COPY --from=build /ideogate /usr/local/bin/ideogate
# The one place that is written to; everything else may be read-only. It is copied as the content of
# a folder because then every builder keeps its mode.
COPY --from=build --chown=65532:65532 /tree/ /
# There is no /tmp: what needs a passing file makes it in the volume too.
ENV PATH=/usr/local/bin \
    TMPDIR=/data \
    IDEOGATE__DATA__DIR=/data \
    IDEOGATE__LISTEN__PROXY=0.0.0.0:8080 \
    IDEOGATE__LISTEN__ADMIN=0.0.0.0:8081 \
    IDEOGATE__LISTEN__ALLOW_PLAINTEXT=true \
    IDEOGATE__AUDIT__STDOUT=true \
    IDEOGATE__LOG__FORMAT=json
WORKDIR /data
USER 65532:65532
VOLUME /data
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/ideogate", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/ideogate"]
CMD ["serve"]
