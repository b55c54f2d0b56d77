namespace Apns.Client;

/// <summary>The kinds of records, in the low three bits of their first byte.</summary>
internal enum JournalRecordKind
{
    /// <summary>An input is about to be sent.</summary>
    Begin = 1,

    /// <summary>It has its result.</summary>
    End = 2,

    /// <summary>A run starts.</summary>
    Run = 3,
}
