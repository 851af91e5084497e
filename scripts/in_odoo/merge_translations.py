"""Merges the new templates into the translations; polib comes with Odoo's packages."""

import pathlib
import sys

import polib

# They change with every export and say nothing.
_RESTLESS = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator")


def merge(folder, language):
    """Give one translation the terms of its addon's template, in its order.

    :param folder: path of the addon
    :param language: code of the language, the name of the file
    :return: number of terms without a translation
    """
    template = polib.pofile(str(folder / "i18n" / f"{folder.name}.pot"))
    for name in _RESTLESS:
        template.metadata.pop(name, None)
    template.save()
    path = folder / "i18n" / f"{language}.po"
    known = polib.pofile(str(path)) if path.exists() else polib.POFile()
    translated = {entry.msgid: entry.msgstr for entry in known if not entry.obsolete}
    merged = polib.POFile(wrapwidth=78)
    merged.metadata = {**template.metadata, "Language": language}
    for entry in template:
        merged.append(entry)
        entry.msgstr = translated.get(entry.msgid, "")
    merged.save(str(path))
    return len(merged.untranslated_entries())


def main(arguments):
    """Merge all languages of all addons and say what is missing."""
    border = arguments.index("--")
    for folder in map(pathlib.Path, arguments[border + 1 :]):
        for language in arguments[:border]:
            missing = merge(folder, language)
            print(f"  {folder.name}/{language}.po: {missing} terms to translate")


main(sys.argv[1:])
