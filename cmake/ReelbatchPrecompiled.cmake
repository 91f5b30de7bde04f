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

# reelbatch_unity(TARGET [EXCLUDE regex...]) compiles several files of TARGET together, which takes a third of the time: most of
# what a compiler does here is to read headers and to instantiate the same templates again. Two files of a folder therefore
# cannot give the same name to different things, not even in unnamed namespaces. EXCLUDE: files that stay alone.
# Highway's kernels always do, because Highway includes them once for each instruction set. REELBATCH_UNITY=OFF compiles
# every file alone.
function(reelbatch_unity target)
  cmake_parse_arguments(UNITY "" "" "EXCLUDE" ${ARGN})
  if(NOT REELBATCH_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${REELBATCH_UNITY_BATCH})
  # g++ then takes the files for headers, whose types should have nothing of unnamed namespaces.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    set(alone OFF)
    foreach(regex IN LISTS UNITY_EXCLUDE)
      if(source MATCHES "${regex}")
        set(alone ON)
      endif()
    endforeach()
    if(NOT alone AND EXISTS "${source}")
      file(STRINGS "${source}" kernel LIMIT_COUNT 1 REGEX "HWY_TARGET_INCLUDE")
      if(kernel)
        set(alone ON)
      endif()
    endif()
    if(alone)
      set_property(SOURCE "${source}" PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()

function(reelbatch_precompiled target)
  if("TESTS" IN_LIST ARGN)
    target_precompile_headers(${target} REUSE_FROM reelbatch_test_headers)
    target_compile_options(${target} PRIVATE ${REELBATCH_TEST_OPTIONS})
  else()
    target_precompile_headers(${target} REUSE_FROM reelbatch_headers)
  endif()
endfunction()
