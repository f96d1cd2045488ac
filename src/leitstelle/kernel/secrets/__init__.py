"""Encryption at rest and signed values."""

from leitstelle.kernel.secrets.fields import EncryptedField, Secret
from leitstelle.kernel.secrets.sealing import Unreadable, reseal, seal, sign, unseal, unsign

__all__ = ["EncryptedField", "Secret", "Unreadable", "reseal", "seal", "sign", "unseal", "unsign"]
