using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>A cmdlet that takes items by -Path (wildcards, pipeline) or by -LiteralPath.</summary>
public abstract class ItemPathCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    private protected bool IsLiteral => ParameterSetName == "LiteralPath";

    private protected IEnumerable<string> Paths => IsLiteral ? LiteralPath : Path;

    /// <summary>A literal path in the form that intrinsics without a "literal" switch take.</summary>
    private protected string AsPattern(string path) => IsLiteral ? WildcardPattern.Escape(path) : path;

    private protected IEnumerable<string> Patterns => Paths.Select(AsPattern);
}
