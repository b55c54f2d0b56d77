namespace Apns.Http2;

/// <summary>How often a peer may do what costs it little and us something: at once, and again each second.</summary>
/// <param name="Burst">Allowed at once.</param>
/// <param name="PerSecond">Allowance that comes back each second.</param>
public readonly record struct Http2Rate(int Burst, int PerSecond);
