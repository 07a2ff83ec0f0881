"""What can be said of the container's files without running them: that they are of one
mind with each other and with the workspace.

    python tests/container.py ROOT
"""

import pathlib
import re
import sys
import tomllib

import yaml

ROOT = pathlib.Path(sys.argv[1])
FOLDER = ROOT / "deploy/docker"


def same(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, and not {wanted!r}")


compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
image = (FOLDER / "Dockerfile").read_text()
settings = tomllib.loads((FOLDER / "wagate.toml").read_text())
workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]

# Each service names only what the file defines, and all that is defined is used.
services = compose["services"].values()
for kind in ("secrets", "networks"):
    used = {name for service in services for name in service.get(kind, [])}
    same(kind, used, set(compose[kind]))
volumes = {volume.split(":")[0] for service in services for volume in service.get("volumes", [])}
same("volumes", volumes, set(compose["volumes"]))
for service in services:
    same("services that are waited for", set(service.get("depends_on", [])) - set(compose["services"]), set())

# Images are pinned, and the compiler is the one that the workspace asks for.
bases = re.findall(r"^FROM (\S+)", image, re.MULTILINE)
same("images without a version", [name for name in bases if ":" not in name or name.endswith(":latest")], [])
same("the compiler's version", re.match(r"rust:([\d.]+)-", bases[0])[1], workspace["package"]["rust-version"])

# The gateway is not root, keeps its data in the volume, and is stopped with patience.
gateway = compose["services"]["wagate"]
data = re.search(r"^VOLUME (\S+)$", image, re.MULTILINE)[1]
same("the user", re.search(r"^USER (\S+)$", image, re.MULTILINE)[1], "10001:10001")
same("the data directory", re.search(r"WAGATE_DATA=(\S+)", image)[1], data)
same("the volume of the data", gateway["volumes"], [f"data:{data}"])
same("the time for a stop", int(gateway["stop_grace_period"].rstrip("s")) > 10, True)
context = (FOLDER / gateway["build"]["context"]).resolve()
same("the build's context", context, ROOT.resolve())
same("the build's recipe", (context / gateway["build"]["dockerfile"]).resolve(), (FOLDER / "Dockerfile").resolve())

# The settings name the database as the file makes it.
database = compose["services"]["database"]["environment"]
name = f"mysql://{database['MARIADB_USER']}:PASSWORD@database:3306/{database['MARIADB_DATABASE']}"
same("the database's URL", settings["database-url"], name)
same("the settings that the commands read", gateway["command"], ["serve", "--config", "/run/secrets/wagate.toml"])
