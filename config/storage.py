"""How static files are served: hashed names, imports of ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatic(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage with rewritten `import` names (off by default in Django)."""

    support_js_module_import_aggregation = True
