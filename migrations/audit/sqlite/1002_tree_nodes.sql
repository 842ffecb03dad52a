-- Nodes of the Merkle tree over the entries: the roots of complete subtrees of 256 leaves and more, so that a proof need not
-- hash the whole log. All of them follow from audit_entries: what is deleted here costs proofs time and nothing else.
CREATE TABLE audit_tree_nodes (
    level    INTEGER NOT NULL, -- the subtree has 2^level leaves
    position INTEGER NOT NULL, -- its place among those of its level, from 0
    hash     BLOB    NOT NULL, -- SHA-256, as RFC 9162 §2.1.1 has it
    CONSTRAINT audit_tree_nodes_are_large CHECK (level BETWEEN 8 AND 62),
    CONSTRAINT audit_tree_nodes_start_at_zero CHECK (position >= 0),
    CONSTRAINT audit_tree_nodes_hashes_are_sha256 CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;
