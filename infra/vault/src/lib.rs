//! Keys of data subjects: envelope encryption, rotation and shredding.
