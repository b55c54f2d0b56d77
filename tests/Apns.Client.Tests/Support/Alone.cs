using Xunit;

namespace Apns.Client.Tests;

/// <summary>Tests that measure the process as a whole, and so must have it to themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
