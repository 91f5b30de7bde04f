# reelbatch_room(NAME [DEPS room...] [LIBS target...] [EXCLUDE regex...] [ALONE regex...])
#
# One static library per folder of src/: every .cc below it, NAME_test from every *_test.cc, NAME_bench from every *_bench.cc.
# EXCLUDE: files that are left out, such as what needs a library that is not there.
# ALONE: files that are not compiled together with others (reelbatch_unity).
# DEPS are the arrows of the architecture; LIBS are outside libraries. Both are PUBLIC only where headers need them.
include(GoogleTest)

# A test that looks into an empty optional fails, which is what a test is for: clang-tidy need not prove it cannot happen.
function(reelbatch_relax_tidy target)
  if(CMAKE_CXX_CLANG_TIDY)
    set_target_properties(${target} PROPERTIES
      CXX_CLANG_TIDY "${CMAKE_CXX_CLANG_TIDY};--checks=-bugprone-unchecked-optional-access")
  endif()
endfunction()

function(reelbatch_room name)
  cmake_parse_arguments(ROOM "" "" "DEPS;LIBS;EXCLUDE;ALONE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc")
  foreach(excluded IN LISTS ROOM_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${excluded}")
  endforeach()
  set(all ${sources})
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(benches ${all})
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  set(rooms "")
  foreach(dep IN LISTS ROOM_DEPS)
    list(APPEND rooms reelbatch_${dep})
  endforeach()
  set(target reelbatch_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC reelbatch_options ${rooms} PRIVATE ${ROOM_LIBS})
    reelbatch_precompiled(${target})
    reelbatch_unity(${target} EXCLUDE ${ROOM_ALONE})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE reelbatch_options ${rooms} ${ROOM_LIBS})
  endif()
  if(NOT REELBATCH_PROGRAM)
    # The library takes the objects of those that it needs.
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  if(REELBATCH_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} ${ROOM_LIBS} GTest::gmock_main)
    reelbatch_precompiled(${name}_test TESTS)
    reelbatch_unity(${name}_test EXCLUDE ${ROOM_ALONE})
    target_compile_definitions(${name}_test PRIVATE
      REELBATCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" REELBATCH_SHARED_DATA="${PROJECT_SOURCE_DIR}/../shared/data")
    reelbatch_relax_tidy(${name}_test)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit)
  endif()
  if(REELBATCH_BENCHES AND benchmark_FOUND AND benches)
    # Only on request: timings of anything but a release build mean nothing.
    add_executable(${name}_bench EXCLUDE_FROM_ALL ${benches})
    target_link_libraries(${name}_bench PRIVATE ${target} ${ROOM_LIBS} benchmark::benchmark_main)
    # The synthetic planes of the tests are what is timed.
    target_compile_definitions(${name}_bench PRIVATE REELBATCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  endif()
endfunction()
