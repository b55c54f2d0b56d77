# The strictest that PSScriptAnalyzer has, for every script here: the default rules, and those that have to be asked for.
@{
    IncludeDefaultRules = $true
    ExcludeRules        = @(
        # Off by default as well. As in the C# code, a line ends where its sentence does.
        'PSAvoidLongLines'
        # The examples and tests call .NET, which constrained language forbids.
        'PSUseConstrainedLanguageMode'
        # They know PowerShell up to 7.0 and not 7.6, which is the oldest that the module runs on.
        'PSUseCompatibleCmdlets'
        'PSUseCompatibleCommands'
        'PSUseCompatibleTypes'
    )
    Rules               = @{
        PSAlignAssignmentStatement                = @{ Enable = $true; CheckHashtable = $true }
        PSAvoidExclaimOperator                    = @{ Enable = $true }
        PSAvoidSemicolonsAsLineTerminators        = @{ Enable = $true }
        PSAvoidUsingDoubleQuotesForConstantString = @{ Enable = $true }
        PSPlaceCloseBrace                         = @{ Enable = $true; NoEmptyLineBefore = $true; IgnoreOneLineBlock = $true; NewLineAfter = $true }
        PSPlaceOpenBrace                          = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSProvideCommentHelp                      = @{ Enable = $true; ExportedOnly = $true }
        PSUseCompatibleSyntax                     = @{ Enable = $true; TargetVersions = @('7.0') }
        PSUseConsistentIndentation                = @{ Enable = $true; Kind = 'space'; IndentationSize = 4; PipelineIndentation = 'None' }
        PSUseConsistentParametersKind             = @{ Enable = $true; ParametersKind = 'ParamBlock' }
        PSUseConsistentParameterSetName           = @{ Enable = $true }
        PSUseConsistentWhitespace                 = @{
            Enable = $true; CheckInnerBrace = $true; CheckOpenBrace = $true; CheckOpenParen = $true; CheckOperator = $true; CheckSeparator = $true
            CheckPipe = $true; CheckPipeForRedundantWhitespace = $true; CheckParameter = $true; IgnoreAssignmentOperatorInsideHashTable = $true
        }
        PSUseCorrectCasing                        = @{ Enable = $true; CheckCommands = $true; CheckKeyword = $true; CheckOperator = $true }
        PSUseSingleValueFromPipelineParameter     = @{ Enable = $true }
    }
}
