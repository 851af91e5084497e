/** @type {import("prettier").Config} */
module.exports = {
    plugins: [require.resolve("@prettier/plugin-xml")],
    bracketSpacing: false,
    printWidth: 88,
    proseWrap: "preserve",
    tabWidth: 4,
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "preserve",
    overrides: [
        {
            files: ["*.css", "*.json", "*.md", "*.scss", "*.yaml", "*.yml"],
            options: {tabWidth: 2},
        },
    ],
};
