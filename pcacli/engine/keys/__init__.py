"""Where private keys live: one port, one module for each kind of key store."""
