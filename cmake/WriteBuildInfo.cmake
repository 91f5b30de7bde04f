# cmake -D SOURCE=folder -D OUTPUT=file.cc -P WriteBuildInfo.cmake
#
# Writes which commit is built, and whether files that git knows differ from it. Of a tree without git: an empty commit.
# OUTPUT keeps its time where nothing changed, so that nothing is built again.
find_program(GIT git)
set(commit "")
set(dirty false)
if(GIT)
  execute_process(COMMAND "${GIT}" -C "${SOURCE}" rev-parse HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    set(commit "")
  else()
    execute_process(COMMAND "${GIT}" -C "${SOURCE}" status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changed ERROR_QUIET)
    if(changed)
      set(dirty true)
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
#include "apps/reelbatch/build_info.h"

namespace reelbatch::app {

BuildInfo BuiltFrom() { return {.commit = "@commit@", .dirty = @dirty@, .source = R"(@SOURCE@)"}; }

}  // namespace reelbatch::app
]])
