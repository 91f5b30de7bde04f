#pragma once

/// What the library shows to programs that link it; everything else is hidden.
#define REELBATCH_API __attribute__((visibility("default")))
/// What is declared within something that is shown, and is not.
#define REELBATCH_HIDDEN __attribute__((visibility("hidden")))
