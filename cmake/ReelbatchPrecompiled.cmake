# Headers that are parsed once for the whole tree, because they are most of what a compiler reads here.
#
# reelbatch_precompiled(TARGET [TESTS]) gives TARGET the standard library, fmt and nlohmann-json; TESTS adds GoogleTest.
# A file still includes what it uses: preset `tidy` compiles every file without these.
function(reelbatch_add_precompiled name)
  set(dummy "${PROJECT_BINARY_DIR}/${name}.cc")
  file(CONFIGURE OUTPUT "${dummy}" CONTENT "// Nothing: this target only carries its precompiled headers.\n")
  add_library(${name} OBJECT "${dummy}")
  target_link_libraries(${name} PRIVATE reelbatch_options fmt::fmt nlohmann_json::nlohmann_json ${ARGN})
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <cstdint> <cstring> <deque> <expected> <filesystem> <fstream>
    <functional> <limits> <map> <memory> <numeric> <optional> <set> <span> <sstream> <string> <string_view> <thread>
    <unordered_map> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)
endfunction()

reelbatch_add_precompiled(reelbatch_headers)
if(REELBATCH_TESTS)
  reelbatch_add_precompiled(reelbatch_test_headers GTest::gmock)
  target_precompile_headers(reelbatch_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  # What tests call is optimised; optimising the tests themselves takes longer than they run. g++ 12 then sees accesses
  # beyond the bounds in its own std::string (GCC bug 105329).
  set(REELBATCH_TEST_OPTIONS
    "$<$<CONFIG:Debug>:-O1$<SEMICOLON>-Wno-array-bounds>"
    "$<$<AND:$<CONFIG:Debug>,$<CXX_COMPILER_ID:GNU>>:-Wno-stringop-overflow>")
  target_compile_options(reelbatch_test_headers PRIVATE ${REELBATCH_TEST_OPTIONS})
endif()

function(reelbatch_precompiled target)
  if("TESTS" IN_LIST ARGN)
    target_precompile_headers(${target} REUSE_FROM reelbatch_test_headers)
    target_compile_options(${target} PRIVATE ${REELBATCH_TEST_OPTIONS})
  else()
    target_precompile_headers(${target} REUSE_FROM reelbatch_headers)
  endif()
endfunction()
