using System;

namespace Apns.Client;

/// <summary>A set of Apple's environments.</summary>
[Flags]
public enum ApnsEnvironments
{
    /// <summary>None is named.</summary>
    None = 0,

    /// <summary><see cref="ApnsEnvironment.Production"/>.</summary>
    Production = 1,

    /// <summary><see cref="ApnsEnvironment.Development"/>.</summary>
    Development = 2,
}
