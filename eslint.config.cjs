const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {...globals.browser, luxon: "readonly", odoo: "readonly"},
        },
        rules: {
            complexity: ["error", 10],
            curly: "error",
            eqeqeq: "error",
            "max-depth": ["error", 3],
            "no-alert": "error",
            "no-console": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-param-reassign": "error",
            "no-shadow": "error",
            "no-throw-literal": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            radix: "error",
        },
    },
];
