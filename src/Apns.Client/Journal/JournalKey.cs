namespace Apns.Client;

/// <summary>An input's name in the index: 128 bits of hash, which two inputs do not share in the life of a journal.</summary>
internal readonly record struct JournalKey(ulong First, ulong Second);

