#!/bin/sh
# Turns Debian's root file system, with the packages installed, into the builder image. Runs inside
# it as root, once, whichever way the image is made.
set -eu

groupadd --gid 1000 build
useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash build
printf 'build:100000:65536\n' | tee /etc/subuid > /etc/subgid

mkdir -p /workspace /sandbox /slipway/volume /slipway/gateway /slipway/runtime
chmod 700 /slipway/runtime

# Both spellings of compose are one program.
ln -sf /usr/libexec/docker/cli-plugins/docker-compose /usr/local/bin/docker-compose

# Commands run as root of the sandbox's namespace, which is user 1000 here: for it to install
# packages, the system's files have to be its own. newuidmap and newgidmap get by with one file
# capability each, so nothing in here makes anybody user 0; a change of owner clears capabilities.
find / -xdev \( -perm -4000 -o -perm -2000 \) -type f -exec chmod ug-s {} +
find / -xdev -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -exec chown -h 1000:1000 {} +
setcap cap_setuid=ep /usr/bin/newuidmap
setcap cap_setgid=ep /usr/bin/newgidmap
