using System;

namespace Apns.Client;

/// <summary>How many results had a duration in a range.</summary>
/// <param name="From">The shortest that counts.</param>
/// <param name="To">The longest that counts: the same, or at most 1/64 longer.</param>
/// <param name="Count">How many.</param>
public readonly record struct ApnsLatencyBucket(TimeSpan From, TimeSpan To, long Count);
