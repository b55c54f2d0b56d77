namespace Apns.Http2.Hpack;

/// <summary>What a header field that is in no table may leave behind in the dynamic table (RFC 7541 section 6.2).</summary>
public enum HeaderIndexing
{
    /// <summary>The field becomes an entry of the dynamic table (section 6.2.1): for what repeats.</summary>
    Incremental,

    /// <summary>The field leaves no entry (section 6.2.2): for what differs each time.</summary>
    Without,

    /// <summary>
    /// The field is always a literal, here and at every intermediary (section 6.2.3): for secrets that are short
    /// enough to be guessed from compressed sizes (section 7.1.3).
    /// </summary>
    Never,
}
