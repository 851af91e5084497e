"""Makes the README.rst of each addon from its manifest and the fragments in readme/.

    python3 scripts/gen_readme.py            write what is out of date
    python3 scripts/gen_readme.py --check    only say so

Odoo shows README.rst on the page of the app. The fragments are Markdown: paragraphs,
lists, code fences and, within a line, emphasis, code and links. Whatever else there is
would come out wrong and is refused.
"""

import argparse
import ast
import pathlib
import re
import sys

ADDONS = pathlib.Path(__file__).resolve().parent.parent / "addons"
SECTIONS = {
    "DESCRIPTION": None,
    "CONTEXT": "Use Cases / Context",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "CONTRIBUTORS": "Contributors",
}
NOTICE = ".. Made by scripts/gen_readme.py from the files in readme/; change those."
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
EMPHASIS = re.compile(r"(?<!\w)_([^_]+)_(?!\w)")
CODE = re.compile(r"(`[^`]+`)")
REFUSED = re.compile(r"#|\||>|<|!\[|\* ")


def main(words):
    """Write or check every addon's README.rst.

    :param words: the command line
    :return: the exit status, 1 when a file was out of date in a check
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(words).check
    addons = [manifest.parent for manifest in sorted(ADDONS.glob("*/__manifest__.py"))]
    stale = [addon / "README.rst" for addon in addons if _is_stale(addon)]
    for readme in stale:
        if check:
            print(f"{readme} is out of date: python3 scripts/gen_readme.py")
        else:
            readme.write_text(readme_of(readme.parent))
            print(f"{readme} written")
    return 1 if check and stale else 0


def readme_of(addon):
    """The README of an addon.

    :param addon: the addon's folder
    :return: the text in reStructuredText
    :raises SystemExit: a fragment holds something that cannot be translated
    """
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    parts = [NOTICE, _heading(manifest["name"], "=", above=True), manifest["summary"]]
    for fragment, title in SECTIONS.items():
        path = addon / "readme" / f"{fragment}.md"
        if path.exists():
            parts += [_heading(title, "=")] if title else []
            parts.append(to_rst(path))
    parts.append(_heading("Licence", "=") + f"\n\n{manifest['license']}")
    return "\n\n".join(parts) + "\n"


def to_rst(path):
    """Translate one fragment.

    :param path: a Markdown file
    :return: its text in reStructuredText
    :raises SystemExit: the file holds something that cannot be translated
    """
    lines, in_code = [], False
    for number, line in enumerate(path.read_text().rstrip().splitlines(), 1):
        if line.startswith("```"):
            in_code = not in_code
            lines += ["::", ""] if in_code else []
        elif in_code:
            lines.append(f"    {line}".rstrip())
        elif REFUSED.match(line.lstrip()):
            sys.exit(f"{path}:{number}: write a paragraph, a list or a code fence")
        else:
            lines.append(_inline(line))
    return "\n".join(lines)


def _inline(line):
    pieces = CODE.split(line)
    pieces[1::2] = [f"`{code}`" for code in pieces[1::2]]
    for index, text in enumerate(pieces[0::2]):
        text = EMPHASIS.sub(r"*\1*", text)
        pieces[2 * index] = LINK.sub(r"`\1 <\2>`__", text)
    return "".join(pieces)


def _heading(text, sign, above=False):
    rule = sign * len(text)
    return f"{rule}\n{text}\n{rule}" if above else f"{text}\n{rule}"


def _is_stale(addon):
    readme = addon / "README.rst"
    return not readme.exists() or readme.read_text() != readme_of(addon)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
