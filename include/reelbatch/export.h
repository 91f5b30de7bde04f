#pragma once

/// What the library shows to programs that link it; everything else is hidden.
#define REELBATCH_API __attribute__((visibility("default")))
